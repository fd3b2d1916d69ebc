import 'reflect-metadata';
import { createValidationPipe } from './validation.js';

describe('the validation of what comes in', () => {
  it.each(['0x1', '0b1', '1e0', '+1', ' 1', '1\n', '01', ''])(
    'leaves %j, a part of a path, as it was written, whatever type its place says',
    async (text) => {
      for (const metatype of [Number, Boolean, String]) {
        const metadata = { type: 'param', metatype, data: 'id' } as const;
        expect(await createValidationPipe().transform(text, metadata)).toBe(text);
      }
    },
  );
});
