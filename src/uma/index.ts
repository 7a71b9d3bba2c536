export { Clock, SystemClock } from '../common/clock.js';
export { News, type NewsListener } from '../common/news.js';
export type { PresetName } from '../common/preset-names.js';
export { Secret } from '../common/secret.js';
export type { ForwardAuthOptions } from './forward-auth/forward-auth-options.js';
export { type ForwardAuthRule, parseForwardAuthRule } from './forward-auth/forward-auth-rule.js';
export type { ForwardAuthProxy } from './forward-auth/original-request.js';
export { Decision, Decisions } from './guard/decision.decorator.js';
export type { GuardedSocket } from './guard/guarded-socket.js';
export type { ScopeDemand } from './guard/scope-demand.js';
export { type HandshakeProtection, SocketHandshake, type SocketMiddleware } from './guard/socket-handshake.js';
export { UMA_CORS } from './guard/uma-cors.js';
export type { UmaDecision } from './guard/uma-decision.js';
export { UmaGuard } from './guard/uma.guard.js';
export type { DecisionMode, ExtraChallenge, UmaModuleOptions } from './guard/uma-module-options.js';
export { UmaModule } from './guard/uma.module.js';
export { type RefusalMessage, UmaRefusal } from './guard/uma-refusal.js';
export { UmaProtect } from './guard/uma-protect.decorator.js';
export { ResourceLoader, type ResourceSelector, type UmaProtection } from './guard/uma-protection.js';
export { AuthorizationServerConnections } from './protection-api/authorization-server-connections.js';
export type { KnownAuthorizationServer } from './protection-api/authorization-servers.js';
export {
  AuthorizationServerUnreachable,
  OwnerMustSignIn,
  ProtectionApiRefusal,
} from './protection-api/authorization-server-unreachable.js';
export { ClientCredentialsPats, type OwnersClient } from './protection-api/client-credentials-pats.js';
export type { ActiveToken, Introspection } from './protection-api/introspection.js';
export { PatSource } from './protection-api/pat-source.js';
export { type ProtectedResource, ProtectedResources } from './protection-api/protected-resources.js';
export { ProtectionApi, type Registration } from './protection-api/protection-api.js';
export type { ResourceOwner } from './protection-api/resource-owner.js';
export { EventChannels } from './security-events/event-channels.js';
export type { SecurityEventSource, SecurityEventsOptions } from './security-events/security-events-options.js';
export { type TokenEnding, type TokenEndingListener, TokenEndings } from './security-events/token-endings.js';
export type { AuthorizationServerProfile } from './protocol/authorization-server-profile.js';
export type { Permission } from './protocol/permissions.js';
export { PRESETS } from './protocol/presets.js';
export type { ResourceDescription } from './protocol/resource-description.js';
