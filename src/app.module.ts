import { type DynamicModule, Module } from '@nestjs/common';
import { CatalogModule } from './catalog/catalog.module.js';
import { type Config } from './config/index.js';
import { FrontendModule } from './frontend/frontend.module.js';
import { OrderModule } from './order/order.module.js';
import { PlatformModule } from './platform/platform.module.js';
import { type Supervisor } from './platform/supervisor.js';

/** One role and what it stands on. */
@Module({})
export class AppModule {
  static forRole(config: Config, supervisor: Supervisor | null): DynamicModule {
    return { module: AppModule, imports: [PlatformModule.forRoot(config, supervisor), roleModule(config)] };
  }
}

function roleModule(config: Config): DynamicModule {
  switch (config.role) {
    case 'catalog':
      return CatalogModule.forRoot(config);
    case 'order':
      return OrderModule.forRoot(config);
    case 'frontend':
      return FrontendModule.forRoot(config);
    default:
      return config satisfies never;
  }
}
