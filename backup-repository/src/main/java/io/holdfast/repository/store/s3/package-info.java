/** Objects in a bucket, over Amazon's S3 protocol. */
@NullMarked
package io.holdfast.repository.store.s3;

import org.jspecify.annotations.NullMarked;
