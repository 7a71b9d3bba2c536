import { IsBoolean, IsOptional, IsRFC3339, MaxLength, ValidateBy } from 'class-validator';

/** What can be asked for over the web, by the same reading with which it will be asked for. */
const IsWebAddress = (message: string): PropertyDecorator =>
  ValidateBy({ name: 'isWebAddress', validator: { validate: isWebAddress, defaultMessage: () => message } });

/** What is opened. */
export class OpenAccessDto {
  /** URL of the protected resource, as it stands in a share link. */
  @IsWebAddress('resource must be an http or https URL without user name and password')
  @MaxLength(2000)
  readonly resource!: string;

  /** Whether to ask once more where the owner said no, did not answer, or was not to be waited for. */
  @IsOptional()
  @IsBoolean()
  readonly again?: boolean;
}

/** Which part of a history is wanted. */
export class HistoryQueryDto {
  /** Samples recorded from this time on; RFC 3339 with zone. */
  @IsRFC3339({ message: 'from must be a time as in RFC 3339' })
  readonly from!: string;
}

function isWebAddress(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return ['http:', 'https:'].includes(protocol) && username === '' && password === '';
}
