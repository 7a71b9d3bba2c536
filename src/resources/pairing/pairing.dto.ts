import { IsIn, IsOptional, IsString, Length, MaxLength } from 'class-validator';

import { SensorName } from '../sensor-name.js';

/** A sensor that wants to be paired. */
export class NewPairing {
  /** What the sensor is called. */
  @IsOptional()
  @SensorName()
  readonly name?: string;

  /** Issuer of the authorization server at which its owner signs in; the main one's when not given. */
  @IsOptional()
  @IsString()
  readonly authorization_server?: string;
}

/** A sensor that asks what became of its pairing. */
export class PairingQuestion {
  /** What `POST /api/pairings` gave it. */
  @IsString()
  @Length(1, 200)
  readonly device_code!: string;
}

/** The link that a sensor shows. */
export class PairLink {
  /** Code to fill in. */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  readonly user_code?: string;
}

/** The form for the code of a sensor, and the one that asks whether it is the right sensor. */
export class PairForm {
  @IsString()
  @MaxLength(100)
  readonly user_code!: string;

  /** Whether the sensor that shows the code is let in; not yet asked when left out. */
  @IsOptional()
  @IsIn(['connect', 'cancel'])
  readonly answer?: 'connect' | 'cancel';

  /** Shows that the form came from one of our pages; checked before the form is read. */
  @IsOptional()
  @IsString()
  readonly csrf_token?: string;
}
