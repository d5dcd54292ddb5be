import { AdminUsersService } from '../account/admin-users.service';
import { RegisterDto } from '../auth/auth.dto';
import { PasswordsService } from '../auth/passwords/passwords.service';
import { NewPasswordDto } from '../auth/passwords/password.dto';
import { RegistrationService } from '../auth/registration.service';
import type { AdminChanges } from '../users/administration';
import { accountCalled, checked, inParley } from './parley';
import type { Outcome } from './outcome';

export interface NewAccount {
  readonly username: string;
  readonly password: string;
  readonly displayName?: string;
  readonly role: 'user' | 'admin';
}

/** By the rules of `POST /auth/register`. */
export function createUser({ username, password, displayName, role }: NewAccount): Promise<Outcome> {
  return inParley(async (parley) => {
    const body = await checked(RegisterDto, { username, password, displayName });
    const user = await parley.get(RegistrationService).create(body, role);
    return { said: `Made ${user.username}.`, data: { id: user.id, username: user.username, role } };
  });
}

export const setRole = (username: string, role: 'user' | 'admin'): Promise<Outcome> =>
  change(username, { role }, `is now: ${role}.`);

/** Ends its sessions as well, on every replica within 5 s. */
export const setDisabled = (username: string, disabled: boolean): Promise<Outcome> =>
  change(username, { disabled }, disabled ? 'is disabled.' : 'may sign in again.');

/** By the rules of `PUT /users/me/password`; every session of the account ends. */
export function setPassword(username: string, password: string): Promise<Outcome> {
  return inParley(async (parley) => {
    const { newPassword } = await checked(NewPasswordDto, { newPassword: password });
    const user = await accountCalled(parley, username);
    await parley.get(PasswordsService).set(user, newPassword);
    return {
      said: `${user.username} has the new password, and is signed out everywhere.`,
      data: { id: user.id, username: user.username },
    };
  });
}

function change(username: string, changes: AdminChanges, said: string): Promise<Outcome> {
  return inParley(async (parley) => {
    const { id } = await accountCalled(parley, username);
    const user = await parley.get(AdminUsersService).change({ userId: null }, id, changes);
    const { role, disabledAt } = user;
    return { said: `${user.username} ${said}`, data: { id, username: user.username, role, disabledAt } };
  });
}
