import { parsePostgresUrl, withoutPassword } from './postgres-url.js';

describe('parsePostgresUrl', () => {
  it('reads several hosts, a password with signs in it, and what is asked of the connection', () => {
    expect(
      parsePostgresUrl(
        'postgres://shop:p%40ss%2Fword@db-1,db-2:5433,[::1]:5434/bazar?target_session_attrs=read-write&sslmode=verify-full',
      ),
    ).toEqual({
      kind: 'postgres',
      hosts: [
        { host: 'db-1', port: 5432 },
        { host: 'db-2', port: 5433 },
        { host: '::1', port: 5434 },
      ],
      user: 'shop',
      password: 'p@ss/word',
      database: 'bazar',
      tls: 'verify-full',
      shown: 'PostgreSQL bazar at db-1:5432,db-2:5433,::1:5434',
    });
  });

  it('takes a user without a password, and postgresql:// as well', () => {
    expect(parsePostgresUrl('postgresql://shop@db/bazar')).toMatchObject({ user: 'shop', password: null });
  });

  it.each([
    'postgres://',
    'postgres://db/bazar',
    'postgres://shop:secret@/bazar',
    'postgres://shop:secret@db',
    'postgres://shop:secret@db/',
    'postgres://shop:secret@db:0/bazar',
    'postgres://shop:secret@db:70000/bazar',
    'postgres://shop:secret@db,,db2/bazar',
    'postgres://shop:sec%ret@db/bazar',
    'postgres://shop:secret@db/bazar?sslmode=prefer',
    'postgres://shop:secret@db/bazar?target_session_attrs=read-only',
    'postgres://shop:secret@db/bazar?password=other',
    'postgres://shop:%00secret@db/bazar',
    'mysql://shop:secret@db/bazar',
  ])('refuses %s, and it can be shown without its password', (text) => {
    expect(parsePostgresUrl(text)).toBeNull();
    expect(withoutPassword(text)).not.toMatch(/secret|other|sec%ret/);
  });

  it.each([
    'postgres:shop:secret@db',
    'postgres:/shop:se@cret@db/x',
    'postgres://secret@db',
    'postgres://shop:secret/bazar',
    '"postgres://shop:secret@db/bazar"',
    " 'postgres://shop:secret@db",
    'shop1:secret@db/bazar',
    "host=db user=shop password='se&cret' dbname=bazar",
    'jdbc:postgresql://db/bazar?user=shop&pass=secret',
    'POSTGRES://a:secret@b/c',
  ])('shows nothing of what may be a password in %s', (text) =>
    expect(withoutPassword(text)).not.toMatch(/cret/),
  );

  it('shows all else', () => {
    expect(withoutPassword('postgres://db-1:5432,db-2:70000x/bazar')).toBe('postgres://db-1:5432,db-2:…');
    expect(withoutPassword('postgres://shop:secret@db-1:0,db-2/bazar?sslmode=prefer')).toBe(
      'postgres://…@db-1:0,db-2/bazar?sslmode=prefer',
    );
    expect(withoutPassword('sqlite:data/a@b.sqlite')).toBe('sqlite:data/a@b.sqlite');
  });
});
