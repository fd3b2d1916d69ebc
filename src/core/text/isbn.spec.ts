import { bookNumberOf } from './isbn.js';

const isbn = (isbn13: string) => ({ kind: 'isbn', isbn13 });
const own = (text: string) => ({ kind: 'own number', text });

describe('bookNumberOf', () => {
  it.each([
    ['0-306-40615-2', '9780306406157'],
    ['0306406152', '9780306406157'],
    ['978 0306406157', '9780306406157'],
    ['978\u20110\u2011306\u201140615\u20117', '9780306406157'],
    ['９７８０３０６４０６１５７', '9780306406157'],
    ['ISBN: 0-306-40615-2', '9780306406157'],
    ['ISBN-13 9780306406157', '9780306406157'],
    ['080442957x', '9780804429573'],
    ['979-10-90636-07-1', '9791090636071'],
    // The zeros that a spreadsheet dropped.
    ['439023491', '9780439023498'],
    ['7117116', '9780007117116'],
  ])('reads %j as an ISBN', (text, isbn13) => {
    expect(bookNumberOf(text)).toEqual(isbn(isbn13));
  });

  it.each([
    ['2024000100', '2024000100'],
    ['0-306-40615-3', '0306406153'],
    ['978-0-306-40615-8', '9780306406158'],
    ['4006381333931', '4006381333931'],
    ['439023492', '439023492'],
    ['439-023491', '439-023491'],
    ['9780306406', '9780306406'],
    ['own-number-7', 'own-number-7'],
    ['OWN \u00a0Number-7', 'own number-7'],
    ['X', 'x'],
    ['12345678901234567890', '12345678901234567890'],
  ])('reads %j as a number of the shop itself', (text, plain) => {
    expect(bookNumberOf(text)).toEqual(own(plain));
  });

  it.each(['', ' - ', '0', '0000000000', '000-0-00-000000-0', 'ISBN', 'ISBN-13:'])(
    'reads no number in %j',
    (text) => {
      expect(bookNumberOf(text)).toBeNull();
    },
  );

  it('tells every wrong digit', () => {
    for (const right of ['0306406152', '080442957X', '9780306406157', '9791090636071']) {
      for (let place = 0; place < right.length; place += 1) {
        for (const digit of '0123456789') {
          if (digit === right[place]) continue;
          const wrong = right.slice(0, place) + digit + right.slice(place + 1);
          expect(bookNumberOf(wrong)?.kind).toBe('own number');
        }
      }
    }
  });
});
