import { parsePostgresUrl } from '../../config/postgres-url.js';
import { flawOf, hopeless, reasonFor } from './server.js';

describe('a server', () => {
  it.each([
    ['too old', { number: 130_022, version: '13.22', encoding: 'UTF8' }, 'is PostgreSQL 13.22, and 14 is'],
    ['the oldest', { number: 140_000, version: '14.0', encoding: 'UTF8' }, null],
    ['of another encoding', { number: 180_000, version: '18.0', encoding: 'LATIN1' }, 'in LATIN1, and books'],
  ])('%s is told so', (_, found, says) => {
    const flaw = flawOf(found);
    if (says === null) expect(flaw).toBeNull();
    else expect(flaw).toContain(says);
  });

  const database = parsePostgresUrl('postgres://shop:its-password@db/bazar');
  if (database === null) throw new Error('no such URL');

  it.each([
    ['28P01', 'refuses the password'],
    ['28000', 'refuses the user'],
    ['3D000', 'no such database'],
    ['42501', 'may not do'],
    ['42P07', 'tables that are not'],
  ])('that answers %s ends a catalog', (code, says) => {
    const error = hopeless(Object.assign(new Error('its-password'), { code }), database);
    expect(error?.message).toContain(says);
    expect(error?.message).not.toContain('its-password');
  });

  it.each(['57P03', '53300', 'ECONNREFUSED', ''])('that answers %s is waited for', (code) => {
    const error = Object.assign(new Error('not now'), { code });
    expect([hopeless(error, database), reasonFor(error)]).toEqual([undefined, 'not now']);
  });
});
