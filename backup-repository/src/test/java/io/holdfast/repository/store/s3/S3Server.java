package io.holdfast.repository.store.s3;

import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreCredentials;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** A real S3 server over HTTP on a free port, that checks signatures and keeps objects in memory. */
public final class S3Server implements AutoCloseable {
    public static final String BUCKET = "backups";
    public static final String ACCESS_KEY = "test-access";
    public static final String SECRET_KEY = "test-secret";

    static final StoreAccess ACCESS =
            new StoreAccess(Optional.of(new StoreCredentials(ACCESS_KEY, SECRET_KEY)), Optional.empty());

    private final S3Proxy proxy;
    private final URI endpoint;
    private final S3Client client;

    private S3Server(S3Proxy proxy) {
        this.proxy = proxy;
        this.endpoint = URI.create("http://127.0.0.1:" + proxy.getPort());
        this.client = S3Client.builder()
                .region(Region.US_EAST_1)
                .endpointOverride(endpoint)
                .forcePathStyle(true)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
                .build();
    }

    /** Starts it, with the bucket. */
    public static S3Server start() throws Exception {
        S3Proxy proxy = S3Proxy.builder()
                .blobStore(new TransientNio2BlobStore())
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY, SECRET_KEY)
                .build();
        proxy.start();
        S3Server server = new S3Server(proxy);
        server.client.createBucket(request -> request.bucket(BUCKET));
        return server;
    }

    public URI endpoint() {
        return endpoint;
    }

    /** Somebody else who has the same rights. */
    S3Client client() {
        return client;
    }

    static S3Location location(URI endpoint, String prefix, String parameters) throws Exception {
        return S3Location.parse(URI.create(
                "s3://" + BUCKET + "/" + prefix + "?path_style=true&endpoint=" + endpoint + "&" + parameters));
    }

    @Override
    public void close() throws IOException {
        client.close();
        try {
            proxy.stop();
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
