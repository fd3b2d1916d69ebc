/**
 * Rules of catalogs that share one engine (docs/protocol.md, P1, P4 and P8; the others stand where the engine is used). All hold in
 * production; the model switches them off one by one.
 */
export const MEMBER_RULES = {
  'P1 grants need a fresh view': true,
  'P1 a suspended view is void': true,
  'P4 a new member waits': true,
  'P8 no reads without a view': true,
} as const;

export type MemberRules = Readonly<Record<keyof typeof MEMBER_RULES, boolean>>;
