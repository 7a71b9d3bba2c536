import { PersonView } from './person-view.js';

/** Somebody's wish to see what is not shared with them, as the owner API shows it. */
export class AccessRequestView {
  readonly id!: string;
  readonly resourceId!: string;
  /** None when any access at all is asked for. */
  readonly scopes!: string[];
  readonly requester!: PersonView;
  readonly clientId!: string;
  readonly clientName!: string;
  readonly status!: 'pending' | 'approved' | 'refused';
  readonly createdAt!: string;
}
