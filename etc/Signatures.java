import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.Attribute;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.ExceptionsAttribute;
import java.lang.classfile.attribute.InnerClassesAttribute;
import java.lang.classfile.attribute.PermittedSubclassesAttribute;
import java.lang.classfile.attribute.RecordAttribute;
import java.lang.classfile.attribute.SignatureAttribute;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes what users of a jar can see of it into another one: the public classes with their public
 * and protected members, and what they extend, without code. {@code java etc/Signatures.java
 * LIBRARY.jar SIGNATURES.jar}; equal signatures make equal files.
 */
public final class Signatures {

  private static final ClassFile CLASS_FILE =
      ClassFile.of(ClassFile.ConstantPoolSharingOption.NEW_POOL);
  private static final LocalDateTime TIME = LocalDateTime.of(2026, 1, 1, 0, 0);

  private Signatures() {}

  /** Takes the two paths. */
  public static void main(String[] args) throws IOException {
    Map<String, ClassModel> all = read(Path.of(args[0]));
    Map<String, ClassModel> seen = new TreeMap<>();
    Deque<ClassModel> open = new ArrayDeque<>();
    all.values().stream().filter(Signatures::isPublic).forEach(open::add);
    while (!open.isEmpty()) {
      ClassModel model = open.remove();
      if (seen.put(name(model), model) == null) {
        model.superclass().map(c -> all.get(c.asInternalName())).ifPresent(open::add);
        for (var type : model.interfaces()) {
          ClassModel above = all.get(type.asInternalName());
          if (above != null) {
            open.add(above);
          }
        }
      }
    }
    write(seen, Path.of(args[1]));
  }

  private static Map<String, ClassModel> read(Path jar) throws IOException {
    Map<String, ClassModel> all = new TreeMap<>();
    try (JarFile file = new JarFile(jar.toFile())) {
      file.stream()
          .filter(e -> e.getName().endsWith(".class") && !e.getName().endsWith("-info.class"))
          .forEach(
              entry -> {
                try (InputStream in = file.getInputStream(entry)) {
                  ClassModel model = CLASS_FILE.parse(in.readAllBytes());
                  all.put(name(model), model);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
    return all;
  }

  private static String name(ClassModel model) {
    return model.thisClass().asInternalName();
  }

  /** A nested class says in the list of nested ones who sees it, and so do those around it. */
  private static boolean isPublic(ClassModel model) {
    boolean nestedVisible =
        model
            .findAttribute(Attributes.innerClasses())
            .map(
                nested ->
                    nested.classes().stream()
                        .filter(c -> name(model).startsWith(c.innerClass().asInternalName()))
                        .allMatch(
                            c ->
                                c.outerClass().isPresent()
                                    && (c.has(AccessFlag.PUBLIC) || c.has(AccessFlag.PROTECTED))))
            .orElse(true);
    String top = name(model);
    return nestedVisible && (top.contains("$") || model.flags().has(AccessFlag.PUBLIC));
  }

  private static void write(Map<String, ClassModel> classes, Path jar) throws IOException {
    Files.createDirectories(jar.toAbsolutePath().getParent());
    try (OutputStream out = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (var entry : classes.entrySet()) {
        ZipEntry file = new ZipEntry(entry.getKey() + ".class");
        file.setTimeLocal(TIME);
        zip.putNextEntry(file);
        zip.write(CLASS_FILE.transformClass(entry.getValue(), Signatures::keep));
        zip.closeEntry();
      }
    }
  }

  private static void keep(ClassBuilder to, ClassElement element) {
    switch (element) {
      case MethodModel method -> {
        if (isVisible(method.flags().flags())) {
          to.withMethod(
              method.methodName(),
              method.methodType(),
              method.flags().flagsMask(),
              builder ->
                  method.forEach(
                      part -> {
                        if (part instanceof ExceptionsAttribute
                            || part instanceof SignatureAttribute) {
                          builder.with(part);
                        }
                      }));
        }
      }
      case FieldModel field -> {
        if (isVisible(field.flags().flags())) {
          to.with(field);
        }
      }
      case InnerClassesAttribute nested -> to.with(nested);
      case PermittedSubclassesAttribute permitted -> to.with(permitted);
      case RecordAttribute components -> to.with(components);
      case SignatureAttribute signature -> to.with(signature);
      case Attribute<?> _ -> {}
      default -> to.with(element); // the version, the flags, what it extends
    }
  }

  private static boolean isVisible(Set<AccessFlag> flags) {
    return flags.contains(AccessFlag.PUBLIC) || flags.contains(AccessFlag.PROTECTED);
  }
}
