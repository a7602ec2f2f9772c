/** What asks for a verification, and the job that it becomes. */
@NullMarked
package io.holdfast.verifier.request;

import org.jspecify.annotations.NullMarked;
