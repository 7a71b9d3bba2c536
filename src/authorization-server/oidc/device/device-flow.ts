import type { Client, Configuration, KoaContextWithOIDC } from 'oidc-provider';

import { pageHeaders } from '../../../common/pages/page-headers.js';
import { messagePage } from '../interaction/message.page.js';
import { basePathOf } from '../oidc.options.js';
import { deviceCodePage } from './device-code.page.js';
import { deviceConfirmationPage } from './device-confirmation.page.js';
import { isCancelled, problemOf } from './device-problem.js';
import type { DeviceView } from './device-view.js';

type DeviceFlow = NonNullable<NonNullable<Configuration['features']>['deviceFlow']>;

/**
 * The pages on which a person lets a device in that has no browser: code, comparison, and how it ended. Signing in and
 * consent come between, as in every interaction.
 *
 * @see RFC 8628 section 3.3
 */
export function deviceFlow(issuer: string): DeviceFlow {
  return {
    enabled: true,
    charset: 'base-20',
    mask: '****-****',
    // A device is told by its name and its code; where it was when it asked is nobody's business.
    deviceInfo: () => ({}),
    userCodeInputSource(ctx, _form, out, error) {
      if (isCancelled(error)) show(ctx, cancelledPage(issuer));
      else if (error !== undefined && isStranger(ctx)) sendToStart(ctx);
      else askForCode(ctx, typedCodeOf(error), problemOf(error, out?.error === 'server_error'));
    },
    userCodeConfirmSource(ctx, _form, client, _deviceInfo, userCode) {
      show(ctx, deviceConfirmationPage({ ...viewOf(ctx), clientName: nameOf(client), userCode }));
    },
    successSource(ctx) {
      show(ctx, connectedPage(issuer, nameOf(ctx.oidc.client)));
    },
  };
}

/**
 * Answers the link that a device shows as a picture: with its code filled in, to be compared. The provider's own answer is
 * a form that sends itself, by a script.
 *
 * @see RFC 8628 section 3.3.1
 */
export function answerCodeLink(ctx: KoaContextWithOIDC): void {
  const userCode = ctx.oidc.route === 'code_verification' && ctx.method === 'GET' && ctx.oidc.params?.['user_code'];
  if (typeof userCode !== 'string') return;
  ctx.set(pageHeaders());
  askForCode(ctx, userCode);
}

function askForCode(ctx: KoaContextWithOIDC, userCode: string, problem?: string): void {
  if (problem !== undefined && ctx.status < 400) ctx.status = 400;
  show(ctx, deviceCodePage({ ...viewOf(ctx), userCode, problem }));
}

/** Whether the browser had no session before this request. */
function isStranger({ oidc }: KoaContextWithOIDC): boolean {
  return oidc.session?.exp === undefined;
}

/** A form would be of no use here: the provider saves no session that begins with an error, and fails when it tries. */
function sendToStart(ctx: KoaContextWithOIDC): void {
  Reflect.set(ctx.oidc.session ?? {}, 'touched', false);
  const page = messagePage({
    issuer: ctx.oidc.issuer,
    title: 'This page is no longer valid',
    message: 'It is too old, or it was opened in another browser. Nothing was changed.',
    link: { href: ctx.oidc.urlFor('code_verification'), label: 'Type the code' },
  });
  show(ctx, page);
}

/** The provider's errors about a code carry it. */
function typedCodeOf(error: Error | undefined): string {
  return error !== undefined && 'userCode' in error && typeof error.userCode === 'string' ? error.userCode : '';
}

function viewOf({ oidc }: KoaContextWithOIDC): DeviceView {
  const secret = oidc.session?.state?.['secret'];
  return {
    basePath: basePathOf(oidc.issuer),
    action: oidc.urlFor('code_verification'),
    formToken: typeof secret === 'string' ? secret : '',
  };
}

function cancelledPage(issuer: string): string {
  return messagePage({
    issuer,
    title: 'Not connected',
    message: 'You cancelled, so the device gets no access. You can close this window.',
  });
}

function connectedPage(issuer: string, clientName: string): string {
  return messagePage({
    issuer,
    title: `${clientName} is connected`,
    message: 'It goes on by itself in a moment. You can close this window.',
  });
}

function show(ctx: KoaContextWithOIDC, page: string): void {
  ctx.type = 'html';
  ctx.body = page;
}

function nameOf(client: Client | undefined): string {
  return client?.clientName ?? client?.clientId ?? '';
}
