import { runCommand } from './cleanup';
import { packRunner } from './runnerPackage';

// `npm run package:runner`
await runCommand(() => {
  packRunner();
  return Promise.resolve(0);
});
