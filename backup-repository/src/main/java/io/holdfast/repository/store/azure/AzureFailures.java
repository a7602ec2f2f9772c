package io.holdfast.repository.store.azure;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpResponse;
import com.azure.storage.blob.models.BlobStorageException;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.remote.Verdict;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * What failures of Azure Blob Storage mean: <a
 * href="https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes">its list</a>. Messages hold the
 * error's code, the status and the request's id, not the store's own text.
 */
record AzureFailures(AzureLocation location) implements Verdict.Judge {
    private static final Set<String> PASSING = Set.of(
            "InternalError",
            "OperationTimedOut",
            "RequestBodyIncomplete",
            "Md5Mismatch",
            "Crc64Mismatch",
            "SystemInUse",
            "ConditionNotMet",
            "BlobAlreadyExists");
    private static final Set<String> LOCKED = Set.of(
            "BlobImmutableDueToPolicy",
            "BlobImmutableDueToLegalHold",
            "ContainerImmutableDueToPolicy",
            "LeaseIdMissing");
    private static final Set<String> NOT_OFFERED = Set.of(
            "InvalidBlobTier",
            "BlobTierInadequateForContentLength",
            "FeatureVersionMismatch",
            "UnsupportedHeader",
            "InvalidHeaderValue",
            "ImmutabilityPolicyNotSupported",
            "FeatureNotYetSupportedForHierarchicalNamespaceAccounts");

    private static final String AVAILABLE_HINT = "look at the store and the way to it, then run it again.";

    @Override
    public Verdict judge(Exception failure, String doing) {
        BlobStorageException answered = cause(failure, BlobStorageException.class);
        if (answered != null) {
            return answered(answered, doing);
        }
        if (cause(failure, InterruptedException.class) != null) {
            return new Verdict.Final(
                    new RepositoryException.Unavailable(doing + " was interrupted.", "run it again.", failure));
        }
        if (cause(failure, SSLHandshakeException.class) != null) {
            return new Verdict.Final(new RepositoryException.Unusable(
                    doing + " failed: the store's certificate is not trusted, or it does not speak TLS.",
                    "check endpoint= in the repository's address, and give Java the certificate's issuer.",
                    failure));
        }
        if (cause(failure, UnknownHostException.class) != null
                || cause(failure, UnresolvedAddressException.class) != null) {
            return new Verdict.Passing(
                    "could not be found by its name",
                    "check account= and endpoint= in the repository's address, and this host's name service.",
                    Optional.empty(),
                    false);
        }
        return new Verdict.Passing("did not answer: " + reason(failure), AVAILABLE_HINT, Optional.empty(), false);
    }

    private Verdict answered(BlobStorageException e, String doing) {
        String code = code(e);
        int status = e.getStatusCode();
        String answered = "answered " + status + (code.isEmpty() ? "" : " " + code);
        if (status == 503 || status == 429 || code.equals("ServerBusy")) {
            return new Verdict.Passing(
                    answered,
                    "it is asked for too much or overloaded: let fewer jobs run at once, or raise give_up_after in the"
                            + " repository's address.",
                    retryAfter(e),
                    true);
        }
        if (PASSING.contains(code) || status >= 500 && status != 501 && status != 507 || status == 408) {
            return new Verdict.Passing(answered, AVAILABLE_HINT, retryAfter(e), false);
        }
        String request = header(e, HttpHeaderName.fromString("x-ms-request-id"))
                .map(id -> ", request " + id)
                .orElse("");
        String what = doing + " failed: the store " + answered + request + ".";
        return new Verdict.Final(finalMeaning(e, code, status, what));
    }

    private RepositoryException finalMeaning(BlobStorageException e, String code, int status, String what) {
        if (code.equals("ContainerNotFound") || code.equals("ContainerBeingDeleted")) {
            return new RepositoryException.Unusable(
                    what, "make the container " + location.container() + " first, or correct its name or account.", e);
        }
        if (code.equals("AuthenticationFailed") || status == 401) {
            // Without the store's own words: they quote the request's signature.
            return new RepositoryException.Denied(
                    what,
                    "check the account's name and key, and this host's clock: more than 15 minutes off is refused"
                            + " too.",
                    null);
        }
        if (LOCKED.contains(code)) {
            return new RepositoryException.Denied(what, "a lock protects the object: wait until it ends.", e);
        }
        if (code.equals("BlobArchived") || code.equals("BlobBeingRehydrated")) {
            return new RepositoryException.Unusable(
                    what, "the object lies in an archive: have the store bring it back first.", e);
        }
        if (code.contains("Quota") || code.equals("AccountLimitExceeded") || status == 507) {
            return new RepositoryException.Full(
                    what, "raise the quota of the account, or free space, then run it again.", e);
        }
        if (NOT_OFFERED.contains(code) || status == 501) {
            return new RepositoryException.Unusable(
                    what,
                    "this account does not offer what was asked for: check tier and object_lock of this repository.",
                    e);
        }
        if (status == 403 || status == 405) {
            return new RepositoryException.Denied(
                    what,
                    "check the account's name and key, let them read, write and list " + location.describe()
                            + ", and look at the account's firewall.",
                    e);
        }
        if (status == 404) {
            return new RepositoryException.NotFound(what, "check the repository's address.", e);
        }
        return new RepositoryException.Unusable(
                what, "look the code up in the store's documents, and check the repository's address.", e);
    }

    /** The error's code. */
    static String code(BlobStorageException e) {
        return e.getErrorCode() == null ? "" : e.getErrorCode().toString();
    }

    /** What the store said, wherever the SDK has wrapped it. */
    static @Nullable BlobStorageException answer(Throwable failure) {
        return cause(failure, BlobStorageException.class);
    }

    private static Optional<Duration> retryAfter(BlobStorageException e) {
        return header(e, HttpHeaderName.RETRY_AFTER)
                .filter(seconds -> seconds.matches("[0-9]{1,6}"))
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
    }

    private static Optional<String> header(BlobStorageException e, HttpHeaderName name) {
        HttpResponse answer = e.getResponse();
        return answer == null ? Optional.empty() : Optional.ofNullable(answer.getHeaderValue(name));
    }

    private static String reason(Throwable failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        String text = innermost.getMessage();
        return text == null ? innermost.getClass().getSimpleName() : text;
    }

    private static <T extends Throwable> @Nullable T cause(Throwable failure, Class<T> kind) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (kind.isInstance(each)) {
                return kind.cast(each);
            }
        }
        return null;
    }
}
