import { type DynamicModule, Module } from '@nestjs/common';
import { type OrderConfig } from '../config/index.js';

/** Placeholder until the role is written. */
@Module({})
export class OrderModule {
  static forRoot(_config: OrderConfig): DynamicModule {
    return { module: OrderModule };
  }
}
