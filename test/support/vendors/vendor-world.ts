import { Secret } from '../../../src/common/secret.js';
import { AuthorizationServerConnections } from '../../../src/uma/protection-api/authorization-server-connections.js';
import { AuthorizationServers } from '../../../src/uma/protection-api/authorization-servers.js';
import { SignedTokens } from '../../../src/uma/protection-api/signed-tokens.js';
import { PRESETS } from '../../../src/uma/protocol/presets.js';
import { type KnownAuthorizationServer, ProtectionApi, type ResourceOwner } from '../../../src/uma/index.js';
import { FixedClock, FixedPats } from '../../../src/testing/index.js';
import { RS, VendorServer } from './vendor-server.js';
import type { Vendor } from './vendors.js';

/** The resource of the cases, as its owner's authorization server and as the resource server know it. */
export const HEART = {
  name: 'Heart rate',
  type: 'http://hl7.org/fhir/StructureDefinition/heartrate',
  icon_uri: 'https://rs.example/heart.svg',
  resource_scopes: ['heart-rate:read', 'heart-rate:summary'],
};

/** One product's authorization server, and a resource server that was told its preset. */
export class VendorWorld {
  readonly clock = new FixedClock(Date.now());
  readonly server: VendorServer;
  readonly pats = new FixedPats().set('alice', 'PATa1');

  private constructor(readonly vendor: Vendor) {
    this.server = new VendorServer(vendor, this.clock);
  }

  static async start(vendor: Vendor): Promise<VendorWorld> {
    const world = new VendorWorld(vendor);
    await world.server.start();
    return world;
  }

  get alice(): ResourceOwner {
    return { issuer: this.server.issuer, subject: 'alice' };
  }

  /** What the resource server is told about the product. */
  get known(): KnownAuthorizationServer {
    return {
      issuer: this.server.issuer,
      profile: PRESETS[this.vendor.preset],
      clientId: RS.clientId,
      clientSecret: new Secret(RS.secret),
    };
  }

  get api(): ProtectionApi {
    return new ProtectionApi(this.pats, this.clock, this.connections);
  }

  get signedTokens(): SignedTokens {
    return new SignedTokens(this.connections, this.clock);
  }

  get connections(): AuthorizationServerConnections {
    return new AuthorizationServerConnections(new AuthorizationServers(RS.identifier, [this.known]), this.clock, 1000);
  }
}
