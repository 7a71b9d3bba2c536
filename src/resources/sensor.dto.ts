import { IsOptional, IsString } from 'class-validator';

import { SensorName } from './sensor-name.js';

/** A sensor that its owner wants to connect. */
export class NewSensor {
  /** What the owner calls it. */
  @SensorName()
  readonly name!: string;

  /** The resource it sends into; the owner's own when not given. */
  @IsOptional()
  @IsString()
  readonly resourceId?: string;
}

/** The same from the form of a page. */
export class NewSensorForm {
  /** What the owner calls it. */
  @SensorName()
  readonly name!: string;

  /** Tells this form from the next: sent again, it makes no second sensor. */
  @IsOptional()
  @IsString()
  readonly form_token?: string;

  /** Shows that the form came from one of our pages; checked before the form is read. */
  @IsOptional()
  @IsString()
  readonly csrf_token?: string;
}
