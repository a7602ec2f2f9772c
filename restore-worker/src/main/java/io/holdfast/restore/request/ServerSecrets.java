package io.holdfast.restore.request;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.request.RestoreDestination;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.logical.ServerAddress;
import io.holdfast.runtime.secrets.Secret;
import io.holdfast.runtime.secrets.SecretException;
import io.holdfast.runtime.secrets.Secrets;
import jakarta.inject.Singleton;

/** Turns the address of a server with its reference to a password into one that can be used. */
@Singleton
class ServerSecrets {

    private final Secrets secrets;

    ServerSecrets(Secrets secrets) {
        this.secrets = secrets;
    }

    ServerAddress resolve(RestoreDestination.Database to) throws RestoreException {
        try {
            Secret password = to.password() == null ? null : secrets.resolve(to.password());
            String sslMode = to.sslMode() == null ? "prefer" : to.sslMode();
            return new ServerAddress(to.host(), to.port(), to.user(), password, to.database(), sslMode);
        } catch (IllegalArgumentException e) {
            throw new RestoreException(
                    FailureCategory.CONFIGURATION, e.getMessage() + ".", "name a host without anything else.", e);
        } catch (SecretException e) {
            throw new RestoreException(
                    FailureCategory.CONFIGURATION,
                    "the password of the server to restore to cannot be had: " + e.what() + ".",
                    e.hint(),
                    e);
        }
    }
}
