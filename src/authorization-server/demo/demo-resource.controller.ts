import { Body, Controller, Get, Header, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiProduces, ApiTags } from '@nestjs/swagger';

import { OAuthProtect } from '../oauth-guard/oauth-protect.decorator.js';

/**
 * One protected text and one open word: the resource of the published server-to-server example of `node-oauth`, for
 * clients that were written for it. The text lives until the process ends.
 */
@ApiTags('Demonstration')
@Controller()
export class DemoResourceController {
  private resource: unknown = null;

  /** Open to everybody. */
  @Get('public')
  @ApiProduces('text/plain')
  @Header('content-type', 'text/plain; charset=utf-8')
  moo(): string {
    return 'moo';
  }

  /** The text that was written last, or null. */
  @Get('read-resource')
  @OAuthProtect({ scopes: ['read'] })
  @Header('cache-control', 'no-store')
  read(): { resource: unknown } {
    return { resource: this.resource };
  }

  /** Writes `value`. The example's client asks for the scope `read` alone and writes with it. */
  @Post('write-resource')
  @ApiBody({ schema: { type: 'object', properties: { value: { description: 'The new text.' } } } })
  @HttpCode(200)
  @OAuthProtect({ scopes: ['read'] })
  @Header('cache-control', 'no-store')
  write(@Body() body: Readonly<Record<string, unknown>> | undefined): { message: string } {
    this.resource = body?.['value'] ?? null;
    return { message: 'resource created' };
  }
}
