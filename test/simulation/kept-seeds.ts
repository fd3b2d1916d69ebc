/** Written by `npm run sim -- --keep`: for each rule that chance shows to matter a run that breaks a promise without it. */
export interface KeptSeed {
  readonly seed: number;
  readonly replicas: number;
}

export const KEPT_SEEDS: Readonly<Record<string, KeptSeed>> = {
  'sync before answers': { seed: 5, replicas: 5 },
  'W1 refuse old ballots': { seed: 66, replicas: 3 },
  'W2 take over pending': { seed: 5, replicas: 5 },
  'W2 highest ballot first': { seed: 72, replicas: 3 },
  'W2 take over newer entries': { seed: 259, replicas: 2 },
  'W3 refuse old ballots': { seed: 7, replicas: 5 },
  'W3 committed': { seed: 1, replicas: 5 },
  'W3 behind by ballot': { seed: 1257, replicas: 5 },
  'W4 wait for holders': { seed: 2, replicas: 3 },
  'W5 commit by ballot': { seed: 129, replicas: 5 },
  'W7 entry for refusals': { seed: 1, replicas: 5 },
  'W7 precondition within entry': { seed: 34, replicas: 3 },
  'W8 ledger ids': { seed: 1, replicas: 5 },
  'W8 ids within entry': { seed: 5, replicas: 5 },
  'W11 preconditions by version': { seed: 2, replicas: 2 },
  'R1 leases began before mark': { seed: 54, replicas: 3 },
  'R1 pending': { seed: 89, replicas: 5 },
  'R2 not when superseded': { seed: 460, replicas: 3 },
  'R3 lapsed lease begins anew': { seed: 240, replicas: 3 },
  'R3 drop leases after suspension': { seed: 67, replicas: 5 },
  'R4 bar': { seed: 316, replicas: 3 },
  'F1 within majority lease': { seed: 930, replicas: 3 },
  'F2 alone': { seed: 44, replicas: 3 },
  'F3 wait for front-ends': { seed: 32, replicas: 1 },
  'F4 barrier': { seed: 34, replicas: 3 },
  'F5 remember answers': { seed: 1, replicas: 2 },
  'F5 titles concern every session': { seed: 3, replicas: 2 },
  'C1 name pending': { seed: 2158, replicas: 3 },
  'C2 finish pending': { seed: 66, replicas: 3 },
  'request ids do not repeat': { seed: 2017, replicas: 5 },
  lapsedSessionsAreOver: { seed: 20, replicas: 3 },
  keepsOnlyLoneAnswers: { seed: 44, replicas: 3 },
  invalidationsBreakFetches: { seed: 17, replicas: 5 },
  sharesOnlyWhatMayBeKept: { seed: 472, replicas: 3 },
};
