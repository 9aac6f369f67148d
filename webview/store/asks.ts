import type { RequestName } from '../../src/protocol/channel';
import type { PanelHostContract } from '../../src/protocol/panel';

type Requests = PanelHostContract['requests'];
type Asked = Extract<
  RequestName<PanelHostContract>,
  'terms' | 'horizon' | 'ledger' | 'reach' | 'whatIf' | 'sample' | 'scores' | 'project'
>;

/** The questions about one update that cells ask for themselves, when they are in sight. */
export type Asks = {
  readonly [Name in Asked]: (params: Requests[Name]['params']) => Promise<Requests[Name]['result']>;
};
