import { type ToSupervisor } from '../contract/supervision.js';

/** Injection token: the `Supervisor`, or null where nobody supervises. */
export const SUPERVISOR = Symbol('SUPERVISOR');

/** Who started this process and listens to it: `npm start`, never production. */
export interface Supervisor {
  tell(message: ToSupervisor): void;
  listen(listener: (message: unknown) => void): void;
}
