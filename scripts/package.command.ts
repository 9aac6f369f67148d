import { runCommand } from './cleanup';
import { packExtension } from './vsix';

// `npm run package`
await runCommand(() => {
  packExtension();
  return Promise.resolve(0);
});
