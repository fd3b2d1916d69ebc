import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayUnique, Equals, IsArray, IsString, Length } from 'class-validator';
import { MOST_CATALOGS } from '../../contract/members.js';

const LONGEST_ADDRESS = 2_048;

export class MemberToAdmit {
  /** The catalog whose disk was lost, as CATALOG_ADDRESSES names it. */
  @ApiProperty({ example: 'http://catalog-3:5000' })
  @IsString()
  @Length(1, LONGEST_ADDRESS)
  catalog: string;

  /** Those that cannot be asked; none: all others are there, but have lost their disks too. */
  @ApiProperty({ type: [String], example: ['http://catalog-2:5000'] })
  @IsArray()
  @ArrayMaxSize(MOST_CATALOGS)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, LONGEST_ADDRESS, { each: true })
  without: string[];

  /** Has to be said: what only the lost disk and the catalogs left out knew, acknowledged sales among it, is given up. */
  @ApiProperty({ enum: [true] })
  @Equals(true)
  mayLoseSales: true;
}

/** One line of `GET /ops/members` */
export class MemberAnswer {
  @ApiProperty({ example: 'http://catalog-1:5000' })
  address: string;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'That of its disk: a new one has another. Null: it does not answer, or shares a database',
  })
  replicaId: string | null;
  @ApiProperty({
    type: Boolean,
    nullable: true,
    description: 'False: it is new, and has not learned from enough others yet. Null: it does not answer',
  })
  votes: boolean | null;
  @ApiProperty()
  ready: boolean;
  @ApiProperty({ type: [String], description: 'Other catalogs that it does not hear at this moment' })
  misses: string[];
}

export class AdmittedAnswer {
  @ApiProperty({ example: 'http://catalog-3:5000' })
  catalog: string;
  @ApiProperty({ description: 'The identity that the word is about, and no other' })
  replicaId: string;
}
