import { type DynamicModule, Module } from '@nestjs/common';
import { type Config } from './config/index.js';
import { FoundationModule, type Surroundings } from './foundation.module.js';

/** One role and what it stands on. */
@Module({})
export class AppModule {
  static async forRole(config: Config, surroundings: Surroundings): Promise<DynamicModule> {
    return {
      module: AppModule,
      imports: [FoundationModule.forRoot(config, surroundings), await roleModule(config)],
    };
  }
}

/** Loads that role alone: what only the others need (TypeORM and SQLite, the pages) takes as long to load as all of Nest. */
async function roleModule(config: Config): Promise<DynamicModule> {
  switch (config.role) {
    case 'catalog': {
      const { CatalogModule } = await import('./catalog/catalog.module.js');
      return CatalogModule.forRoot(config);
    }
    case 'order': {
      const { OrderModule } = await import('./order/order.module.js');
      return OrderModule.forRoot(config);
    }
    case 'frontend': {
      const { FrontendModule } = await import('./frontend/frontend.module.js');
      return FrontendModule.forRoot(config);
    }
    default:
      return config satisfies never;
  }
}
