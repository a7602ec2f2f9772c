package io.holdfast.repository.store;

/**
 * Who asks a store, and the proof. {@link #toString} tells neither.
 *
 * @param accessKey S3: the access key's id; Azure: the account's name
 * @param secretKey the secret half
 */
public record StoreCredentials(String accessKey, String secretKey) {
    @Override
    public String toString() {
        return "StoreCredentials[***]";
    }
}
