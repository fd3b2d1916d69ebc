import { Module } from '@nestjs/common';
import { PagesRoute } from './pages.route.js';

/** The pages of `web/` in a browser; they talk to the same front-end's public API. */
@Module({ providers: [PagesRoute] })
export class PagesModule {}
