/** Written by `npm run sim -- --keep`: for each rule that chance shows to matter a run that breaks a promise without it. */
export interface KeptSeed {
  readonly seed: number;
  readonly replicas: number;
}

export const KEPT_SEEDS: Readonly<Record<string, KeptSeed>> = {
  'sync before answers': { seed: 5, replicas: 5 },
  'W1 refuse old ballots': { seed: 190, replicas: 3 },
  'W2 take over pending': { seed: 2, replicas: 3 },
  'W2 highest ballot first': { seed: 236, replicas: 3 },
  'W2 take over newer entries': { seed: 259, replicas: 2 },
  'W3 refuse old ballots': { seed: 14, replicas: 3 },
  'W3 committed': { seed: 1, replicas: 5 },
  'W3 behind by ballot': { seed: 733, replicas: 5 },
  'W4 wait for holders': { seed: 2, replicas: 3 },
  'W5 commit by ballot': { seed: 286, replicas: 3 },
  'W7 entry for refusals': { seed: 1, replicas: 5 },
  'W7 precondition within entry': { seed: 34, replicas: 3 },
  'W8 ledger ids': { seed: 1, replicas: 5 },
  'W8 ids within entry': { seed: 5, replicas: 5 },
  'W11 preconditions by version': { seed: 2, replicas: 2 },
  'R1 leases began before mark': { seed: 114, replicas: 3 },
  'R1 pending': { seed: 89, replicas: 5 },
  'R2 not when superseded': { seed: 460, replicas: 3 },
  'R3 lapsed lease begins anew': { seed: 652, replicas: 3 },
  'R3 drop leases after suspension': { seed: 67, replicas: 5 },
  'R4 bar': { seed: 316, replicas: 3 },
  'F1 within majority lease': { seed: 610, replicas: 3 },
  'F2 alone': { seed: 44, replicas: 3 },
  'F3 wait for front-ends': { seed: 610, replicas: 3 },
  'F4 barrier': { seed: 34, replicas: 3 },
  'F5 remember answers': { seed: 1, replicas: 2 },
  'F5 titles concern every session': { seed: 3, replicas: 2 },
  'C2 finish pending': { seed: 44, replicas: 3 },
  'request ids do not repeat': { seed: 2017, replicas: 5 },
  lapsedSessionsAreOver: { seed: 20, replicas: 3 },
  keepsOnlyLoneAnswers: { seed: 44, replicas: 3 },
  invalidationsBreakFetches: { seed: 44, replicas: 3 },
  sharesOnlyWhatMayBeKept: { seed: 472, replicas: 3 },
  forgetsFoundBooks: { seed: 14, replicas: 3 },
};
