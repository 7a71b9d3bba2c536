import { Body, Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { basePathOf } from '../../auth/auth.options.js';
import { CurrentSession } from '../../auth/current-session.decorator.js';
import { loginPath } from '../../auth/login-path.js';
import type { LoginSession } from '../../auth/login-session.js';
import { PatKeeper } from '../../auth/pat-keeper.js';
import { Sessions } from '../../auth/sessions.js';
import { sendPage } from '../../auth/pages.js';
import { seeOther } from '../../auth/see-other.js';
import { SignedIn } from '../../auth/signed-in.decorator.js';
import { html } from '../../common/html.js';
import { messagePage } from '../../common/pages/message.page.js';
import { randomId } from '../../common/randomness.js';
import { Measurements } from '../../measurements/measurements.js';
import { Sensors } from '../../measurements/sensors.js';
import { heartRateUrl } from '../api/owner-answers.js';
import { OwnerAccess } from '../owner-access.js';
import { RESOURCES_OPTIONS, type ResourcesOptions } from '../resources.options.js';
import { NewSensorForm } from '../sensor.dto.js';
import { myHeartPage } from './my-heart.page.js';
import { OneTimeForms } from './one-time-forms.js';

/** The owner's own page, and its forms. */
@ApiExcludeController()
@Controller()
export class MyHeartController {
  private readonly basePath: string;

  constructor(
    private readonly sessions: Sessions,
    private readonly access: OwnerAccess,
    private readonly sensors: Sensors,
    private readonly measurements: Measurements,
    private readonly forms: OneTimeForms,
    private readonly pats: PatKeeper,
    @Inject(RESOURCES_OPTIONS) private readonly options: ResourcesOptions,
  ) {
    this.basePath = basePathOf(options);
  }

  /** The owner's page, or the way to sign in. */
  @Get()
  async home(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const session = await this.sessions.current(request);
    if (session === undefined) return sendPage(reply, this.welcome());
    return sendPage(reply, await this.myHeart(session));
  }

  /** Makes a sensor and shows its credential; to the same form again it answers with the owner's page. */
  @Post('sensors')
  @SignedIn()
  async addSensor(
    @CurrentSession() { id: sessionId, person }: LoginSession,
    @Body() { name, form_token: formToken = randomId() }: NewSensorForm,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    // With another name it is no reload: somebody went back to the page and filled the form in anew.
    const made = await this.forms.once(sessionId, `${formToken} ${name}`, async () => {
      const resource = await this.access.ensureResource(person);
      return this.sensors.create(resource.id, name);
    });
    if (made === undefined) return seeOther(reply, `${this.basePath}/`);
    const { sensor, credential } = made;
    const body = html`<p>
        Give this code to the sensor. It is shown this once; whoever has it can send into your heart rate.
      </p>
      <p><code>${credential.reveal()}</code></p>
      <p><a class="button primary" href="${this.basePath}/">Done</a></p>`;
    return sendPage(reply, messagePage({ basePath: this.basePath, title: `${sensor.name} was added`, body }));
  }

  /** Takes a sensor's right to send. */
  @Post('sensors/:id/disconnect')
  @SignedIn()
  async disconnect(
    @CurrentSession() { person }: LoginSession,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const resource = await this.access.ownResource(person);
    // A sensor that is gone already is what was asked for.
    if (resource !== undefined) await this.sensors.revoke(resource.id, id);
    return seeOther(reply, `${this.basePath}/`);
  }

  private async myHeart({ person, name, csrfToken }: LoginSession): Promise<string> {
    const resource = await this.access.ensureResource(person);
    const [latest, sensors, hasPat] = await Promise.all([
      this.measurements.latest(resource.id),
      this.sensors.list(resource.id),
      this.pats.has(person),
    ]);
    return myHeartPage({
      basePath: this.basePath,
      ownerName: name,
      csrfToken,
      latest,
      sensors,
      formToken: randomId(),
      hasPat,
      signInAgain: loginPath(this.options, '/', person.issuer),
      registered: resource.umaResourceId !== undefined,
      policyUri: resource.policyUri,
      address: heartRateUrl(this.options.baseUrl, resource),
    });
  }

  private welcome(): string {
    const body = html`<p>See your heart rate, connect sensors, and decide who else may see it.</p>
      <p><a class="button primary" href="${this.basePath}/login?returnTo=${encodeURIComponent('/')}">Sign in</a></p>`;
    return messagePage({ basePath: this.basePath, title: 'My heart', body });
  }
}
