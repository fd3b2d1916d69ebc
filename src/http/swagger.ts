import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { type Role } from '../config/index.js';

/** Names for `@ApiBearerAuth(...)`. */
export const CLUSTER_SECRET_AUTH = 'clusterSecret';
export const ADMIN_TOKEN_AUTH = 'adminToken';

const TITLES: Readonly<Record<Role, string>> = {
  catalog: 'Bazar catalog',
  order: 'Bazar order server',
  frontend: 'Bazar bookstore',
};

/** Swagger UI at `/api`, the document at `/api-json`. */
export function setUpSwagger(app: INestApplication, role: Role): void {
  const options = new DocumentBuilder()
    .setTitle(TITLES[role])
    .setVersion('3.0')
    .addBearerAuth({ type: 'http', description: 'CLUSTER_SECRET' }, CLUSTER_SECRET_AUTH)
    .addBearerAuth({ type: 'http', description: 'ADMIN_TOKEN' }, ADMIN_TOKEN_AUTH)
    .build();
  SwaggerModule.setup('api', app, () => SwaggerModule.createDocument(app, options), {
    jsonDocumentUrl: 'api-json',
    customSiteTitle: TITLES[role],
  });
}
