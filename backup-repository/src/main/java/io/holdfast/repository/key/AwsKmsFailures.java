package io.holdfast.repository.key;

import io.holdfast.repository.RepositoryException;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * What failures of AWS KMS mean: <a href="https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html">those of every
 * action</a>, and Encrypt's and Decrypt's own. Messages hold the error's code, the status and the request's id, not the service's
 * own text.
 */
final class AwsKmsFailures {
    private static final Set<String> WHO = Set.of(
            "AccessDeniedException",
            "UnrecognizedClientException",
            "InvalidSignatureException",
            "IncompleteSignatureException",
            "MissingAuthenticationTokenException",
            "ExpiredTokenException",
            "InvalidClientTokenId",
            "NotAuthorized",
            "OptInRequired");
    private static final Set<String> PASSING = Set.of(
            "ThrottlingException",
            "LimitExceededException",
            "DependencyTimeoutException",
            "KeyUnavailableException",
            "KMSInternalException",
            "ServiceUnavailable",
            "RequestExpired",
            "InternalFailure");
    private static final String WAY =
            "look at the service and the way to it (aws_kms.endpoint, the host's proxy and names), then"
                    + " run it again.";

    private AwsKmsFailures() {}

    /** What it means, after the client's own attempts. */
    static RepositoryException of(SdkException e, String doing) {
        return e instanceof AwsServiceException answered ? answered(answered, doing) : notAnswered(e, doing);
    }

    private static RepositoryException answered(AwsServiceException e, String doing) {
        String code = e.awsErrorDetails() == null
                ? ""
                : String.valueOf(e.awsErrorDetails().errorCode());
        String what = doing + " failed: the service answered " + e.statusCode() + " " + code
                + (e.requestId() == null ? "" : ", request " + e.requestId()) + ".";
        if (WHO.contains(code)) {
            return new RepositoryException.Denied(
                    what,
                    "let these credentials use the key: kms:Encrypt where backups are made, kms:Decrypt where they are"
                            + " restored; see that they still hold.",
                    e);
        }
        if (PASSING.contains(code) || e.statusCode() >= 500 || e.statusCode() == 429) {
            return new RepositoryException.Unavailable(what, WAY, e);
        }
        return switch (code) {
            case "DisabledException", "KMSInvalidStateException" ->
                new RepositoryException.Denied(
                        what,
                        "enable the key, or cancel its deletion: without it nothing that is wrapped for it opens.",
                        e);
            case "InvalidCiphertextException", "IncorrectKeyException" ->
                new RepositoryException.Damaged(
                        what + " It was wrapped for another key, target, place or repository, or it was changed.",
                        "use the key of another recipient; see who wrote to the repository.");
            default ->
                new RepositoryException.Unusable(
                        what, "see that aws_kms.keys names a symmetric key for encryption that exists there.", e);
        };
    }

    private static RepositoryException notAnswered(SdkException e, String doing) {
        String text = String.valueOf(e.getMessage());
        if (text.startsWith("Unable to load credentials") || text.contains("credentials from")) {
            return new RepositoryException.Denied(
                    doing + " failed: there are no credentials.",
                    "give aws_kms access_key and secret_key, or this host a role.",
                    e);
        }
        Throwable innermost = e;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        return new RepositoryException.Unavailable(
                doing + " failed: the service did not answer: "
                        + (innermost.getMessage() == null
                                ? innermost.getClass().getSimpleName()
                                : innermost.getMessage())
                        + ".",
                WAY,
                e);
    }
}
