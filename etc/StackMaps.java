import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Gives the classes of a jar that were compiled for Java 5 the stack maps and the version of Java
 * 8, in place: the JVM takes no class without stack maps into an AOT cache, and picocli has none.
 * {@code java etc/StackMaps.java JAR}; nothing else changes, and a jar without such a class stays
 * as it is.
 */
public final class StackMaps {

  private static final int JAVA_8 = 52;

  private StackMaps() {}

  /** Takes the path of the jar. */
  public static void main(String[] args) throws IOException {
    Path jar = Path.of(args[0]);
    Map<ZipEntry, byte[]> entries = new LinkedHashMap<>();
    Map<String, byte[]> classes = new LinkedHashMap<>();
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(jar))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        byte[] bytes = in.readAllBytes();
        entries.put(entry, bytes);
        classes.put(entry.getName(), bytes);
      }
    }
    ClassHierarchyResolver ours =
        ClassHierarchyResolver.ofResourceParsing(type -> find(classes, type));
    ClassFile classFile =
        ClassFile.of(
            StackMapsOption.GENERATE_STACK_MAPS,
            ClassHierarchyResolverOption.of(
                ours.orElse(ClassHierarchyResolver.defaultResolver())));
    boolean isChanged = false;
    for (Map.Entry<ZipEntry, byte[]> entry : entries.entrySet()) {
      String name = entry.getKey().getName();
      if (name.endsWith(".class") && !name.startsWith("META-INF/")) {
        ClassModel model = classFile.parse(entry.getValue());
        if (model.majorVersion() < JAVA_8) {
          entry.setValue(classFile.transformClass(model, newer()));
          isChanged = true;
        }
      }
    }
    if (isChanged) {
      Path whole = jar.resolveSibling(jar.getFileName() + ".new");
      write(entries, whole);
      Files.move(whole, jar, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static InputStream find(Map<String, byte[]> classes, ClassDesc type) {
    String descriptor = type.descriptorString(); // Lname;
    byte[] bytes = classes.get(descriptor.substring(1, descriptor.length() - 1) + ".class");
    return bytes == null ? null : new ByteArrayInputStream(bytes);
  }

  /** Code is written anew, piece by piece, and so gets its stack maps. */
  private static ClassTransform newer() {
    return ClassTransform.transformingMethodBodies((code, part) -> code.with(part))
        .andThen((result, part) -> {
          if (part instanceof ClassFileVersion) {
            result.withVersion(JAVA_8, 0);
          } else {
            result.with(part);
          }
        });
  }

  private static void write(Map<ZipEntry, byte[]> entries, Path jar) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes)) {
      for (Map.Entry<ZipEntry, byte[]> entry : entries.entrySet()) {
        ZipEntry copy = new ZipEntry(entry.getKey().getName());
        copy.setTime(entry.getKey().getTime());
        out.putNextEntry(copy);
        out.write(entry.getValue());
        out.closeEntry();
      }
    }
    Files.write(jar, bytes.toByteArray());
  }
}
