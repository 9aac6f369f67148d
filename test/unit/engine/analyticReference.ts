import { readFileSync } from 'node:fs';

/** Numbers of published experiments, measured independently of this engine. */
export interface AnalyticReference {
  readonly minCharRnn: {
    readonly uniform: number;
    readonly iterations: Readonly<Record<string, { readonly loss: number; readonly smoothLoss: number }>>;
  };
  readonly influenceBalancing: {
    readonly n: number;
    readonly positive: number;
    readonly dS1_dTheta_truncatedTo_L: Readonly<Record<string, number>>;
    readonly full: number;
    readonly firstCorrectSign_lossAtWindowEnd: number;
    readonly firstCorrectSign_lossAtEveryStep: number;
    readonly thetaStar: number;
    readonly theta0: number;
    readonly loss0: number;
  };
  readonly cliff: {
    readonly points: readonly {
      readonly w: number;
      readonly b: number;
      readonly E: number;
      readonly dw: number;
      readonly db: number;
    }[];
    readonly 'perTimestep_at_4.94_-2.575': readonly number[];
    readonly 'gd_from_5_-2.3_lr0.1_2000': Readonly<
      Record<
        'noClip' | 'clip1',
        { readonly w: number; readonly b: number; readonly E: number; readonly maxGradNorm: number }
      >
    >;
  };
}

export const analyticReference = JSON.parse(
  readFileSync('test/fixtures/analytic_and_minchar_reference.json', 'utf8'),
) as AnalyticReference;
