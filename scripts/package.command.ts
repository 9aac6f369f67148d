import { runCommand } from './closing';
import { packExtension } from './vsix';

// `npm run package`
await runCommand(() => {
  packExtension();
  return Promise.resolve(0);
});
