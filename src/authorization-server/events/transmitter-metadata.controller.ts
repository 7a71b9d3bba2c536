import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { PUSH_DELIVERY, SSF_DISCOVERY_PATH } from '../../uma/protocol/shared-signals.js';
import { ENDPOINTS } from '../endpoints.js';
import { EventOptions } from './event-options.js';
import type { TransmitterMetadata } from './stream-answers.js';

/** The metadata of the event transmitter. @see SSF 1.0 section 7 */
@ApiTags('Security events')
@Controller(SSF_DISCOVERY_PATH)
export class TransmitterMetadataController {
  constructor(private readonly options: EventOptions) {}

  /** Tells how to be told when tokens end: the metadata of a transmitter of security events. */
  @Get()
  metadata(): TransmitterMetadata {
    const { issuer } = this.options;
    return {
      spec_version: '1_0',
      issuer,
      jwks_uri: `${issuer}${ENDPOINTS.jwks}`,
      delivery_methods_supported: [PUSH_DELIVERY],
      configuration_endpoint: `${issuer}${ENDPOINTS.streams}`,
      status_endpoint: `${issuer}${ENDPOINTS.streamStatus}`,
      verification_endpoint: `${issuer}${ENDPOINTS.streamVerification}`,
      receivers_endpoint: `${issuer}${ENDPOINTS.streamReceivers}`,
      critical_subject_members: ['session'],
      authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
      default_subjects: 'ALL',
    };
  }
}
