package io.holdfast.repository.store.s3;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.remote.Verdict;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpResponse;

/**
 * What an S3 store's failures mean: <a
 * href="https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html">Amazon's list</a>, and what other servers add.
 * Messages hold the error's code, the status and the request's id, not the store's own text.
 */
record S3Failures(S3Location location) implements Verdict.Judge {
    private static final Set<String> TOO_FAST = Set.of(
            "SlowDown",
            "ServiceUnavailable",
            "TooManyRequests",
            "RequestLimitExceeded",
            "Throttling",
            "ThrottlingException",
            "RequestThrottled",
            "BandwidthLimitExceeded",
            "KMS.ThrottlingException");
    private static final Set<String> PASSING = Set.of(
            "InternalError",
            "RequestTimeout",
            "OperationAborted",
            "ConditionalRequestConflict",
            "ConcurrentModification",
            "IncompleteBody",
            "BadDigest",
            "XAmzContentChecksumMismatch",
            "XAmzContentSHA256Mismatch");
    private static final Set<String> WHO = Set.of(
            "InvalidAccessKeyId",
            "SignatureDoesNotMatch",
            "InvalidToken",
            "ExpiredToken",
            "TokenRefreshRequired",
            "AccountProblem",
            "NotSignedUp");
    private static final Set<String> FULL = Set.of(
            "QuotaExceeded",
            "XMinioStorageFull",
            "XMinioAdminBucketQuotaExceeded",
            "InsufficientStorage",
            "NoSpaceLeft");
    private static final Set<String> ELSEWHERE = Set.of(
            "PermanentRedirect",
            "TemporaryRedirect",
            "Redirect",
            "AuthorizationHeaderMalformed",
            "IllegalLocationConstraintException");
    private static final Set<String> NOT_OFFERED =
            Set.of("NotImplemented", "InvalidStorageClass", "InvalidRequest", "InvalidArgument", "MalformedXML");

    private static final String AVAILABLE_HINT = "look at the store and the way to it, then run it again.";

    @Override
    public Verdict judge(Exception failure, String doing) {
        return switch (failure) {
            case AwsServiceException answered -> answered(answered, doing);
            case AbortedException e ->
                new Verdict.Final(new RepositoryException.Unavailable(doing + " was interrupted.", "run it again.", e));
            case SdkClientException e -> notAnswered(e, doing);
            default -> passing("could not be heard: " + reason(failure));
        };
    }

    private Verdict answered(AwsServiceException e, String doing) {
        String code = code(e);
        int status = e.statusCode();
        String answered = "answered " + status + (code.isEmpty() ? "" : " " + code);
        String what = doing + " failed: the store " + answered
                + (e.requestId() == null ? "" : ", request " + e.requestId()) + ".";
        if (FULL.contains(code) || status == 507) {
            return new Verdict.Final(new RepositoryException.Full(
                    what, "raise the quota of the bucket or its user, or free space, then run it again.", e));
        }
        if (TOO_FAST.contains(code) || status == 429 || status == 503) {
            return new Verdict.Passing(
                    answered,
                    "it is asked for too much or overloaded: let fewer jobs run at once, or raise give_up_after in the"
                            + " repository's address.",
                    retryAfter(e),
                    true);
        }
        if (PASSING.contains(code) || status >= 500 && status != 501 || status == 408 || status == 412) {
            return new Verdict.Passing(answered, AVAILABLE_HINT, retryAfter(e), false);
        }
        return new Verdict.Final(finalMeaning(e, code, status, what));
    }

    private RepositoryException finalMeaning(AwsServiceException e, String code, int status, String what) {
        if (code.equals("NoSuchBucket")) {
            return new RepositoryException.Unusable(
                    what, "make the bucket " + location.bucket() + " first, or correct its name or endpoint.", e);
        }
        Optional<String> region = header(e, "x-amz-bucket-region");
        boolean otherRegion = region.isPresent() && !region.get().equals(location.region());
        if (ELSEWHERE.contains(code) || status == 301 || status == 307 || (status == 400 && otherRegion)) {
            return new RepositoryException.Unusable(
                    what,
                    region.or(() -> regionIn(e))
                            .map(right -> "the bucket lies in another region: write region=" + right + ".")
                            .orElse("the bucket lies in another region or at another endpoint: correct region= and"
                                    + " endpoint= in the repository's address."),
                    e);
        }
        if (code.equals("RequestTimeTooSkewed") || code.equals("RequestExpired")) {
            return new RepositoryException.Denied(
                    what, "this host's clock differs from the store's: set it, by NTP for instance.", e);
        }
        if (WHO.contains(code)) {
            return new RepositoryException.Denied(
                    what, "check the access key and the secret key, and whether they still hold.", e);
        }
        if (code.startsWith("KMS.")) {
            return new RepositoryException.Denied(
                    what, "check kms_key in the repository's address, and that these credentials may use it.", e);
        }
        if (code.equals("InvalidObjectState")) {
            return new RepositoryException.Unusable(
                    what, "the object lies in an archive: have the store bring it back first.", e);
        }
        if (status == 401 || status == 403 || status == 405) {
            return new RepositoryException.Denied(
                    what,
                    "let these credentials read, write and list " + location.describe()
                            + "; a lock on the object, or a policy of the bucket, may forbid it too.",
                    e);
        }
        if (status == 404) {
            return new RepositoryException.NotFound(what, "check the repository's address.", e);
        }
        if (NOT_OFFERED.contains(code) || status == 501) {
            return new RepositoryException.Unusable(
                    what,
                    "this store does not offer what was asked for: check storage_class, sse, object_lock, checksums and"
                            + " chunked_encoding of this repository.",
                    e);
        }
        return new RepositoryException.Unusable(
                what, "look the code up in the store's documents, and check the repository's address.", e);
    }

    private Verdict notAnswered(SdkClientException e, String doing) {
        String text = String.valueOf(e.getMessage());
        if (text.contains("different checksum")) {
            return new Verdict.Final(new RepositoryException.Damaged(
                    doing + " gave bytes that do not have the checksum they were stored with.",
                    "read it again; if that gives the same, restore from another copy and check the store.",
                    e));
        }
        if (text.startsWith("Unable to load credentials") || text.contains("credentials from")) {
            return new Verdict.Final(new RepositoryException.Denied(
                    doing + " failed: there are no credentials.",
                    "give the repository access_key and secret_key, or this host a role.",
                    e));
        }
        if (cause(e, SSLHandshakeException.class) != null) {
            return new Verdict.Final(new RepositoryException.Unusable(
                    doing + " failed: the store's certificate is not trusted, or it does not speak TLS.",
                    "check endpoint= in the repository's address, and give Java the certificate's issuer.",
                    e));
        }
        UnknownHostException unknown = cause(e, UnknownHostException.class);
        if (unknown != null) {
            return new Verdict.Passing(
                    "could not be found by its name, " + unknown.getMessage(),
                    "check region= and endpoint= in the repository's address, and this host's name service.",
                    Optional.empty(),
                    false);
        }
        return passing("did not answer: " + reason(e));
    }

    private static Verdict.Passing passing(String what) {
        return new Verdict.Passing(what, AVAILABLE_HINT, Optional.empty(), false);
    }

    /** The innermost cause: which socket operation failed. */
    private static String reason(Throwable failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        String kind = innermost instanceof SSLException ? "TLS: " : "";
        String text = innermost.getMessage();
        return kind + (text == null ? innermost.getClass().getSimpleName() : text);
    }

    private static <T extends Throwable> @Nullable T cause(Throwable failure, Class<T> kind) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (kind.isInstance(each)) {
                return kind.cast(each);
            }
        }
        return null;
    }

    /** The error's code; answers to HEAD have none. */
    static String code(AwsServiceException e) {
        String code = e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorCode();
        return code == null || code.isBlank() || Character.isDigit(code.charAt(0)) ? "" : code;
    }

    private static Optional<Duration> retryAfter(AwsServiceException e) {
        return header(e, "Retry-After")
                .filter(seconds -> seconds.matches("[0-9]{1,6}"))
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
    }

    private static Optional<String> header(AwsServiceException e, String name) {
        SdkHttpResponse answer =
                e.awsErrorDetails() == null ? null : e.awsErrorDetails().sdkHttpResponse();
        return answer == null ? Optional.empty() : answer.firstMatchingHeader(name);
    }

    /** Some answers tell the region only in their text: {@code expecting 'eu-central-1'}. */
    private static Optional<String> regionIn(AwsServiceException e) {
        return java.util.regex.Pattern.compile("expecting '([a-z0-9-]+)'")
                .matcher(String.valueOf(e.awsErrorDetails().errorMessage()))
                .results()
                .map(found -> found.group(1))
                .findFirst();
    }
}
