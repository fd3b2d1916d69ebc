import { getConfigToken } from '@nestjs/config';

/** The frozen settings of the role that this app runs: `@Inject(CONFIG) config: CatalogConfig`. */
export const CONFIG = getConfigToken('bazar');
