package io.holdfast.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A field of a test that {@link ServiceSurroundings} sets: of type {@link KafkaBroker}, {@link ServiceDatabase} or {@code EventSigner}. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface Surrounding {}
