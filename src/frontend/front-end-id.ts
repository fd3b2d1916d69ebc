/** A new one for each process: sessions of the one before are none of this one's business. */
export const FRONT_END_ID = Symbol('FRONT_END_ID');
