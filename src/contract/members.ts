import { type Call } from './call.js';
import { listOf, nullable, oneOf, record, someText, variants } from './shapes.js';

/** Why a catalog does not act on an administrator's word; with the address that it is about. */
const ADMISSION_REFUSALS = [
  'votes already',
  'there',
  'not there',
  'nobody votes',
  'not a catalog',
  'stopped',
] as const;
export type AdmissionRefusal = (typeof ADMISSION_REFUSALS)[number];

export type AdmissionAnswer =
  | { readonly kind: 'admitted'; readonly replicaId: string }
  | { readonly kind: 'refused'; readonly reason: AdmissionRefusal; readonly address: string | null };

const LONGEST_ADDRESS = 2_048;
/** Far more than there are. */
export const MOST_CATALOGS = 100;
const address = someText(LONGEST_ADDRESS);

/** To a catalog with a new identity: an administrator lets it vote without these others (C3). */
export const admitCall: Call<{ readonly without: readonly string[] }, AdmissionAnswer> = {
  name: 'admit',
  audience: 'roles',
  vital: false,
  request: record({ without: listOf(address, MOST_CATALOGS) }),
  answer: variants<AdmissionAnswer>({
    admitted: record({ replicaId: someText(1_000) }),
    refused: record({ reason: oneOf(...ADMISSION_REFUSALS), address: nullable(address) }),
  }),
};
