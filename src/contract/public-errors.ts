import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** Every error of every path. */
export class ErrorAnswer {
  @ApiProperty({ example: 'Book with the specified ID does not exist' })
  message: string;
}

/** 422 of a body or a query. */
export class FieldErrors extends ErrorAnswer {
  @ApiPropertyOptional({ example: ['price'], description: 'The fields that are wrong or not known' })
  fields?: string[];
}

/** 504 of a write. */
export class UnreachableAnswer extends ErrorAnswer {
  @ApiPropertyOptional({
    enum: ['unknown'],
    description: 'Only if it may have happened all the same: ask again with the same Idempotency-Key',
  })
  outcome?: 'unknown';
}
