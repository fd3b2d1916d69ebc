import { Session } from 'node:inspector';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CpuProfile } from './profile.js';

/**
 * Loaded into a role ahead of its program (`node --import`): SIGUSR2 begins a profile, the next SIGUSR2 ends it and writes it into the
 * folder PROFILES, as ROLE-PID.json.
 */
const SAMPLE_EVERY_US = 400;
const { PROFILES: folder = '.', ROLE: role = 'unknown' } = process.env;
let session: Session | undefined;

process.on('SIGUSR2', () => {
  if (session !== undefined) {
    session.post('Profiler.stop', (_error, { profile }) => {
      const file = join(folder, `${role}-${process.pid}.json`);
      writeFileSync(file, JSON.stringify(profile satisfies CpuProfile));
      session?.disconnect();
      session = undefined;
    });
    return;
  }
  session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: SAMPLE_EVERY_US });
  session.post('Profiler.start');
});
