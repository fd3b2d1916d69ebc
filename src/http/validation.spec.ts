import 'reflect-metadata';
import { type UnprocessableEntityException } from '@nestjs/common';
import { IsInt, Max, Min } from 'class-validator';
import { createValidationPipe } from './validation.js';

class Asked {
  @IsInt()
  @Min(1)
  @Max(10)
  limit!: number;
}

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

  it.each([
    [Number.NaN, 'limit must be an integer number'],
    [undefined, 'limit must be an integer number'],
    [0, 'limit must not be less than 1'],
    [11, 'limit must not be greater than 10'],
  ])('says of %p what kind of value is wanted before it says how large', async (limit, message) => {
    const refused: unknown = await createValidationPipe()
      .transform({ limit }, { type: 'body', metatype: Asked })
      .catch((error: UnprocessableEntityException) => error.getResponse());
    expect(refused).toMatchObject({ message, fields: ['limit'] });
  });
});
