"""Define the GLSL shaders of `renderer` for surfaces, shadows and the backdrop.

Positions are in world coordinates: metres, z up. Vertex colours are sRGB; they are squared before lighting and the
square root is taken after it, which is close enough to a gamma of 2.2 and cheap on a CPU. The alpha channel of the
image holds the number of the visible person.
"""

MOST_BONES = 104  # bones, size of the uniform block that holds their matrices

# Skinning blends the rows of the 3 x 4 matrices of four bones.
_SKIN = """
uniform Bones { vec4 rows[ROWS]; };
in vec3 at; in vec3 normal; in vec4 bones; in vec4 weights;
void skinned(out vec3 place, out vec3 facing) {
    ivec4 b = ivec4(bones + 0.5) * 3;
    vec4 r0 = weights.x * rows[b.x] + weights.y * rows[b.y] + weights.z * rows[b.z] + weights.w * rows[b.w];
    vec4 r1 = weights.x * rows[b.x+1] + weights.y * rows[b.y+1] + weights.z * rows[b.z+1] + weights.w * rows[b.w+1];
    vec4 r2 = weights.x * rows[b.x+2] + weights.y * rows[b.y+2] + weights.z * rows[b.z+2] + weights.w * rows[b.w+2];
    vec4 p = vec4(at, 1.0);
    place = vec3(dot(r0, p), dot(r1, p), dot(r2, p));
    facing = vec3(dot(r0.xyz, normal), dot(r1.xyz, normal), dot(r2.xyz, normal));
}
""".replace("ROWS", str(3 * MOST_BONES))

_STILL = """
in vec3 at; in vec3 normal;
void skinned(out vec3 place, out vec3 facing) { place = at; facing = normal; }
"""

_VERTEX = """
in vec4 first; in vec4 second; in vec4 finish; in vec2 uv;
uniform mat4 view; uniform mat4 light_view;
out vec3 facing; out vec3 world; out vec4 lit; out vec2 cloth;
flat out vec3 colour1; flat out vec3 colour2; flat out vec4 kind;
void main() {
    vec3 place; skinned(place, facing);
    world = place; cloth = uv;
    colour1 = first.rgb * first.rgb; colour2 = second.rgb * second.rgb;
    kind = vec4(first.a * 255.0, second.a, finish.x * 255.0, finish.y);
    lit = light_view * vec4(place, 1.0);
    gl_Position = view * vec4(place, 1.0);
}
"""

# kind: layer of the pattern, strength of the folds, layer of the folds, shine; a strength of 1 means unlit.
_FRAGMENT = """#version 330
in vec3 facing; in vec3 world; in vec4 lit; in vec2 cloth;
flat in vec3 colour1; flat in vec3 colour2; flat in vec4 kind;
uniform sampler2DArray textures; uniform sampler2DShadow shadow;
uniform vec3 sun; uniform vec3 sun_colour; uniform vec3 sky_colour; uniform vec3 ground_colour; uniform vec3 eye;
uniform vec4 haze; uniform float softness; uniform float who;
out vec4 picture;
void main() {
    vec4 pattern = texture(textures, vec3(cloth, kind.x));
    vec3 albedo = mix(colour1, colour2, pattern.r) * (pattern.g * pattern.g * 4.0);
    if (kind.y > 0.99) { picture = vec4(sqrt(albedo), who); return; }
    vec3 n = normalize(gl_FrontFacing ? facing : -facing);
    vec2 slope = pattern.ba - 0.5;
    %s
    vec3 aside = normalize(abs(n.z) > 0.9 ? vec3(0, n.z, -n.y) : vec3(-n.y, n.x, 0));
    n = normalize(n - 1.6 * (aside * slope.x + cross(n, aside) * slope.y));
    vec3 s = lit.xyz * 0.5 + 0.5;
    float bright = 1.0;
    if (s.x > 0.0 && s.x < 1.0 && s.y > 0.0 && s.y < 1.0 && s.z < 1.0) {
        s.z -= 0.004;
        bright = 0.5 * (texture(shadow, s + vec3(softness, softness, 0)) +
            texture(shadow, s - vec3(softness, softness, 0)));
    }
    float direct = max(dot(n, sun), 0.0) * bright;
    vec3 light = mix(ground_colour, sky_colour, n.z * 0.5 + 0.5) * (0.6 + 0.4 * bright) + sun_colour * direct;
    vec3 colour = albedo * light;
    %s
    picture = vec4(sqrt(colour), who);
}
"""
PEOPLE_FRAGMENT = _FRAGMENT % (
    "slope += kind.y * 2.0 * (texture(textures, vec3(cloth * 0.7 + 0.13, kind.z)).ba - 0.5);",
    """if (kind.w > 0.0) {
        float gleam = max(dot(normalize(normalize(eye - world) + sun), n), 0.0);
        gleam *= gleam; gleam *= gleam; gleam *= gleam; gleam *= gleam;
        colour += gleam * kind.w * bright * sun_colour;
    }""",
)
PLACE_FRAGMENT = _FRAGMENT % (
    "",
    """if (haze.a > 0.0) {
        float far = max(length(eye - world) - 5.0, 0.0) * haze.a;
        colour = mix(haze.rgb * haze.rgb, colour, 1.0 / (1.0 + far + far * far));
    }""",
)

SKINNED_VERTEX = "#version 330\n" + _SKIN + _VERTEX
STILL_VERTEX = "#version 330\n" + _STILL + _VERTEX

_SHADOW = """
uniform mat4 light_view;
void main() { vec3 place; vec3 facing; skinned(place, facing); gl_Position = light_view * vec4(place, 1.0); }
"""
SKINNED_SHADOW = "#version 330\n" + _SKIN + _SHADOW
STILL_SHADOW = "#version 330\n" + _STILL + _SHADOW
SHADOW_FRAGMENT = "#version 330\nvoid main() {}\n"

BACKDROP_VERTEX = """#version 330
in vec2 corner; out vec2 at;
void main() { at = corner * 0.5 + 0.5; gl_Position = vec4(corner, 0.99999, 1.0); }
"""
BACKDROP_FRAGMENT = """#version 330
in vec2 at; uniform sampler2D photograph; out vec4 picture;
void main() { picture = vec4(texture(photograph, at).rgb, 0.0); }
"""
