import { IsRFC3339, IsUrl, MaxLength } from 'class-validator';

const LINK = { require_tld: false, protocols: ['http', 'https'], require_protocol: true, disallow_auth: true };

/** What is opened. */
export class OpenAccessDto {
  /** URL of the protected resource, as it stands in a share link. */
  @IsUrl(LINK, { message: 'resource must be an http or https URL' })
  @MaxLength(2000)
  readonly resource!: string;
}

/** Which part of a history is wanted. */
export class HistoryQueryDto {
  /** Samples recorded from this time on; RFC 3339 with zone. */
  @IsRFC3339({ message: 'from must be a time as in RFC 3339' })
  readonly from!: string;
}
