/** `@Inject(CATALOGUE_INDEX) index: CatalogueIndex` */
export const CATALOGUE_INDEX = Symbol('CATALOGUE_INDEX');
